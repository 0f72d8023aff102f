// Shows the description, and mends what Swagger UI leaves to be wished for: its dark colours follow the system, and what it gives no
// name is named for whoever does not see where it stands.

const main = document.getElementById("reference");

const dark = matchMedia("(prefers-color-scheme: dark)");
const followSystem = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", followSystem);
followSystem();

function mend() {
  // Its headings leave out the second level.
  for (const heading of main.querySelectorAll(":is(h3.opblock-tag, .models > h4):not([aria-level])")) heading.ariaLevel = "2";
  for (const heading of main.querySelectorAll(".opblock h4:not([aria-level])")) heading.ariaLevel = "3";
  for (const heading of main.querySelectorAll(".opblock h5:not([aria-level])")) heading.ariaLevel = "4";
  // What scrolls must be reached without a mouse.
  for (const code of main.querySelectorAll("pre.microlight:not([tabindex])")) code.tabIndex = 0;
  for (const row of main.querySelectorAll("tr[data-param-name]")) {
    for (const field of row.querySelectorAll(":is(input, select, textarea):not([aria-label])")) field.ariaLabel = row.dataset.paramName;
  }
  for (const field of main.querySelectorAll(".opblock-section-request-body :is(select, textarea):not([aria-label])")) {
    field.ariaLabel = field.tagName === "SELECT" ? "Type of the request’s body" : "Body of the request";
  }
  for (const table of main.querySelectorAll(".responses-table[role=region]:not([aria-label])")) {
    table.ariaLabel = `Responses of ${table.closest(".opblock").querySelector(".opblock-summary-path").dataset.path}, ${table.id.split("_")[0]}`;
  }
}

new MutationObserver(mend).observe(main, { childList: true, subtree: true });

window.SwaggerUIBundle({
  url: "/api/openapi.json",
  domNode: main,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
