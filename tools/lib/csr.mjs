// The client-only bundle without Trunk: src/csr.html with its `data-trunk` links carried out by hand, so that
// `make test` proves what `trunk serve` shows.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { root } from "./paths.mjs";
import { Problem } from "./shell.mjs";
import { buildLibrary, packEntry } from "./wasm.mjs";

const page = join(root, "src", "csr.html");

export async function buildCsr(profile, out) {
  await buildLibrary(profile, "csr");
  const { js, wasm } = await packEntry(profile, "baton");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "baton.js"), js);
  writeFileSync(join(out, "baton_bg.wasm"), wasm);
  const html = readFileSync(page, "utf8").replace(/<link\s[^>]*data-trunk[^>]*>/g, (link) => carryOut(link, out));
  writeFileSync(join(out, "index.html"), html);
}

// What Trunk would write in place of one of its links.
function carryOut(link, out) {
  const attribute = (name) => new RegExp(`\\s${name}="([^"]*)"`).exec(link)?.[1];
  const source = resolve(join(root, "src"), attribute("href") ?? ".");
  switch (attribute("rel")) {
    case "rust":
      return loader;
    case "copy-file":
    case "copy-dir":
      cpSync(source, join(out, attribute("data-target-path") ?? "", basename(source)), { recursive: true });
      return "";
    default:
      throw new Problem(`src/csr.html has a Trunk link that tools/lib/csr.mjs does not know: ${link}`);
  }
}

const loader = `<script type="module">
      import init, * as bindings from "/baton.js";
      await init({ module_or_path: "/baton_bg.wasm" });
      window.wasmBindings = bindings;
      dispatchEvent(new CustomEvent("TrunkApplicationStarted"));
    </script>`;
