"""docs/rules.md, written from the rules, with computed examples."""
