// `make reset-demo`: forgets all that the demo has kept in data/. What .env put elsewhere stays, and so does what is not the demo's.

import { forgetData } from "./lib/data.mjs";
import { dataDir } from "./lib/paths.mjs";
import { runMain } from "./lib/shell.mjs";

await runMain(() => {
  const others = forgetData();
  console.log(`What the demo has kept in ${dataDir} is gone; \`make run\` begins anew.`);
  if (others.length > 0) console.log(`Not of its making, so still there: ${others.join(", ")}`);
});
