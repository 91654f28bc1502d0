/**
 * A phone and a clinician, as a client that was generated from openapi.yaml sees them.
 *
 *     npm ci && npm run generate && npm run check
 *     npm run drive -- http://127.0.0.1:8000 CODE EMAIL PASSWORD
 *
 * CODE is a patient's one-use code, EMAIL and PASSWORD are a clinician's. Each step stops with a message when
 * the service does not do what its document says.
 */
import { randomUUID } from "node:crypto";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./slope.js";

type Schemas = components["schemas"];
type Slope = Client<paths>;
type Sent = { data?: unknown; error?: unknown; response: Response };

// The items of the ALSFRS-R, from `get_instrument`; codes 0 to 4.
const ITEMS = [
  "speech", "salivation", "swallowing", "handwriting", "cutting_without_gastrostomy", "dressing_hygiene",
  "turning_in_bed", "walking", "climbing_stairs", "dyspnea", "orthopnea", "respiratory_insufficiency",
];
const LIMBS = ["walking", "climbing_stairs", "dressing_hygiene", "handwriting"];
const DAY = 86_400_000;

/** Returns the body of a success that has to have this status. */
function expect<R extends Sent>(result: R, status: number): NonNullable<R["data"]> {
  if (result.response.status !== status || result.data === undefined || result.data === null) {
    throw new Error(`${result.response.status} instead of ${status}: ${JSON.stringify(result.error)}`);
  }
  return result.data;
}

/** Returns the problem of a failure that has to have this status. */
function refused<R extends Sent>(result: R, status: number): NonNullable<R["error"]> {
  if (result.response.status !== status || result.error === undefined || result.error === null) {
    throw new Error(`${result.response.status} instead of ${status}`);
  }
  return result.error;
}

/** Answers of somebody who has lost so many points in arms and legs. */
function codes(lost: number): Record<string, number> {
  const found: Record<string, number> = Object.fromEntries(ITEMS.map((item) => [item, 4]));
  for (let place = 0; place < lost; place++) {
    const item = LIMBS[place % LIMBS.length] ?? "walking";
    found[item] = (found[item] ?? 4) - 1;
  }
  return found;
}

/** A report. The id is made by the phone: it makes sending it again safe. */
function answered(lost: number, daysAgo: number, version = "1"): Schemas["ReportIn"] {
  return {
    id: randomUUID(),
    instrument: "alsfrs_r",
    instrument_version: version,
    observed_at: new Date(Date.now() - daysAgo * DAY - 300_000).toISOString(),
    answers: codes(lost),
    respondent: "patient",
  };
}

function signedIn(baseUrl: string, tokens: Schemas["TokensOut"]): Slope {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${tokens.access_token}` } });
}

async function phone(baseUrl: string, code: string): Promise<string> {
  const anonymous = createClient<paths>({ baseUrl });
  const device = { id: randomUUID(), name: "a phone" };
  const enrolled = expect(await anonymous.POST("/v1/auth/enrol", { body: { code, device } }), 201);
  const again = { refresh_token: enrolled.refresh_token };
  const tokens = expect(await anonymous.POST("/v1/auth/refresh", { body: again }), 200);
  const patient_id = tokens.account.patient_id;
  if (patient_id === null) throw new Error("the code was not a patient's");
  const client = signedIn(baseUrl, tokens);

  const send = (body: Schemas["ReportIn"]) =>
    client.POST("/v1/patients/{patient_id}/reports", { params: { path: { patient_id } }, body });
  const report = answered(0, 112);
  const receipt = expect(await send(report), 201);
  console.log(`taken: ${receipt.total} of 48. ${receipt.reads_reports}`);
  if (!expect(await send(report), 200).repeated) throw new Error("the same report was taken twice");
  const conflict = refused(await send({ ...report, answers: { ...report.answers, speech: 1 } }), 409);
  if (conflict.code !== "id_used") throw new Error("the conflict has another code");
  const newer = expect(await send(answered(0, 100, "2099-1")), 202);
  if (newer.state !== "quarantined") throw new Error("an unknown version was not kept aside");

  const queue: [number, number][] = [[3, 84], [7, 56], [11, 28], [14, 0]];
  const entries = queue.map(([lost, days]) => ({ ...answered(lost, days), patient_id }));
  const bad = entries[1];
  if (bad) bad.answers = { ...bad.answers, speech: 9 };
  const batch = expect(await client.POST("/v1/report-batches", { body: { entries } }), 200);
  for (const { index, status, problem } of batch.verdicts) {
    const places = problem?.errors?.map((error) => error.pointer) ?? [];
    console.log(problem ? `entry ${index} was refused: ${problem.code}, ${places}` : `entry ${index}: ${status}`);
  }
  return patient_id;
}

async function clinician(baseUrl: string, email: string, password: string, patient_id: string): Promise<void> {
  const anonymous = createClient<paths>({ baseUrl });
  const tokens = expect(await anonymous.POST("/v1/auth/sign-in", { body: { email, password } }), 200);
  const client = signedIn(baseUrl, tokens);
  const wanted: Schemas["AlertSearchIn"] = { patient_id, topic: "decline", state: "current", limit: 50 };
  const alert = expect(await client.POST("/v1/alerts/search", { body: wanted }), 200).items[0];
  if (!alert) throw new Error("no alert on decline");
  console.log(`${alert.level}: ${alert.sentence}`);

  const path = { alert_id: alert.id };
  const tag = (await client.GET("/v1/alerts/{alert_id}", { params: { path } })).response.headers.get("ETag");
  if (tag === null) throw new Error("the alert has no tag");
  const body: Schemas["AlertActionIn"] = { action: "acknowledge", note: "Will phone today." };
  const act = (known: string) =>
    client.POST("/v1/alerts/{alert_id}/actions", { params: { path, header: { "If-Match": known } }, body });
  refused(await act('"0"'), 412);
  const acted = expect(await act(tag), 200);
  console.log(`${acted.state}; it now allows ${acted.actions}`);

  const ids: string[] = [];
  let after: string | null = null;
  do {
    const query: { limit: number; after?: string } = after === null ? { limit: 2 } : { limit: 2, after };
    const params = { path: { patient_id }, query };
    const page: Schemas["ReportPageOut"] = expect(
      await client.GET("/v1/patients/{patient_id}/reports", { params }), 200,
    );
    ids.push(...page.items.map((report) => report.id));
    after = page.next;
  } while (after !== null);
  if (new Set(ids).size !== ids.length || ids.length < 4) throw new Error(`the pages do not fit: ${ids}`);
  console.log(`${ids.length} reports in pages of two`);
}

const [address, code, email, password] = process.argv.slice(2);
if (!address || !code || !email || !password) throw new Error("usage: ADDRESS CODE EMAIL PASSWORD");
await clinician(address, email, password, await phone(address, code));
