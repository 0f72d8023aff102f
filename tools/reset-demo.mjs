// `make reset-demo`: forgets all that the demo has kept in data/. What .env put elsewhere stays.

import { dataDir } from "./lib/paths.mjs";
import { forgetData } from "./lib/running.mjs";
import { runMain } from "./lib/shell.mjs";

await runMain(() => {
  forgetData();
  console.log(`${dataDir} is gone; \`make run\` begins anew.`);
});
