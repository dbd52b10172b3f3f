// `npm run schema`: writes the published JSON Schemas to public/, from the declarations. Run it after a field was added or
// changed; a test fails while the files differ from what this writes. Reads nothing.

import { writeFileSync } from 'node:fs';
import { type JsonSchema, scenarioSchema, topologySchema } from '../../topology/json-schema.ts';

/** Called by `scripts/run.mjs` in the root of the repository. Answers with the exit code. */
export function main(): number {
  write('public/topology.schema.json', topologySchema());
  write('public/scenario.schema.json', scenarioSchema());
  return 0;
}

function write(path: string, schema: JsonSchema): void {
  writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`wrote ${path}`);
}
