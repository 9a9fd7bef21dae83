// One file, nothing to fetch: page.html. Its policy lets run the script that was built with it and nothing else.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

function pageWithPolicy(): Plugin {
  return {
    name: "page-with-policy",
    apply: "build",
    writeBundle(options) {
      const html = readFileSync(`${options.dir}/index.html`, "utf8");
      const script = /<script type="module"[^>]*>([\s\S]*?)<\/script>/.exec(html);
      if (!script?.[1]) throw new Error("the page has no script");
      const hash = createHash("sha256").update(script[1]).digest("base64");
      const policy =
        `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; ` +
        `img-src data:; base-uri 'none'; form-action 'none'`;
      const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
      // The test that the committed page is what the source builds writes elsewhere.
      writeFileSync(process.env["PAGE_OUTPUT"] ?? "page.html", html.replace('<meta charset="utf-8">', (tag) => `${tag}\n${meta}`));
    },
  };
}

/** The view that the program would put in, for the development server. */
function viewFromFile(): Plugin {
  return {
    name: "view-from-file",
    configureServer(server) {
      const file = process.env["VIEW"] ?? "../build/pages/decade.json";
      server.middlewares.use("/view.json", (_request, response) => response.end(readFileSync(file)));
    },
  };
}

export default defineConfig({
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), pageWithPolicy(), viewFromFile()],
  build: { outDir: "node_modules/.page", target: "es2022", modulePreload: false, emptyOutDir: true },
});
