// Ajv compiles every schema of the document, and every example is an instance of its schema.
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";

const document = parse(readFileSync(process.argv[2], "utf8"));
// Strict, but for `x-` members, which are no keywords, and for types in a list, which OpenAPI 3.1 uses for null.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true });
addFormats(ajv);
ajv.addFormat("password", true);
ajv.addKeyword("components");
ajv.addKeyword("example");

const wrong = [];
const compiled = {};
for (const name of Object.keys(document.components.schemas)) {
  try {
    compiled[name] = ajv.compile({
      $ref: `#/components/schemas/${name}`,
      components: { schemas: document.components.schemas },
    });
  } catch (error) {
    wrong.push(`${name}: ${error.message}`);
  }
}
function resolved(part) {
  return part.$ref ? part.$ref.slice(2).split("/").reduce((at, step) => at[step], document) : part;
}
let examples = 0;
for (const [path, item] of Object.entries(document.paths)) {
  for (const operation of Object.values(item).filter((part) => part.operationId)) {
    for (const place of [operation.requestBody ?? {}, ...Object.values(operation.responses)]) {
      for (const [type, { schema, example }] of Object.entries(resolved(place).content ?? {})) {
        // What is no JSON is text, and has no members to name.
        const valid = type.endsWith("json") ? schema.$ref && compiled[schema.$ref.split("/").pop()] : ajv.compile(schema);
        if (!valid) wrong.push(`${operation.operationId} ${path}: no schema with a name`);
        else if (example !== undefined && !valid(example)) wrong.push(`${operation.operationId}: ${ajv.errorsText(valid.errors)}`);
        examples += 1;
      }
    }
  }
}
console.log(`${Object.keys(compiled).length} schemas, ${examples} examples`);
if (wrong.length) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
