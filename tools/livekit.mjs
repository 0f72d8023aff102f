// `make livekit`: LiveKit alone, for a server started by hand or from an editor. Prints what to put into the environment.

import { join } from "node:path";
import { findLiveKit, installSteps, livekitPorts, startLiveKit } from "./lib/livekit.mjs";
import { dataDir } from "./lib/paths.mjs";
import { lanAddress } from "./lib/ports.mjs";
import { Steps } from "./lib/progress.mjs";
import { checkoutSecrets, isOn, loadDotEnv, SECRETS } from "./lib/settings.mjs";
import { runMain } from "./lib/shell.mjs";

await runMain(async () => {
  loadDotEnv();
  const found = findLiveKit();
  if (found.kind === "environment") {
    console.log(`LIVEKIT_URL is set (${process.env.LIVEKIT_URL}): nothing to start.`);
    return;
  }
  await new Steps().runAll(installSteps(found));
  const secrets = checkoutSecrets();
  const app = Number(process.env.PORT || 3000);
  const { service, url } = await startLiveKit(found, {
    ports: await livekitPorts(),
    apiKey: secrets.livekitApiKey,
    apiSecret: secrets.livekitApiSecret,
    webhookUrls: [`http://127.0.0.1:${app}/webhooks/livekit`],
    lanIp: isOn("LAN") ? lanAddress() : undefined,
  });
  console.log(`LIVEKIT_URL=${url}\nLIVEKIT_API_KEY=${secrets.livekitApiKey}\nLIVEKIT_API_SECRET is in ${join(dataDir, SECRETS)}`);
  console.log(`Webhooks go to port ${app}. The log is ${service.logFile}. Ctrl-C stops it.`);
  console.log(await service.ended);
});
