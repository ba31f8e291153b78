// Runs the stories on SQLite and, where LINLI_TEST_PG names a server, on PostgreSQL; each at phone and desktop width.
// `node run.mjs [PART OF A NAME] [DATABASE]` runs some of them.
import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { open, WIDTHS } from "./house.mjs";

const only = process.argv[2];
const folder = new URL("./stories/", import.meta.url);
const stories = (await readdir(folder)).filter((f) => f.endsWith(".mjs") && (!only || f.includes(only))).sort();

function freshPostgres() {
  const server = process.env.LINLI_TEST_PG;
  if (!server) return null;
  const name = `e2e_${process.pid}`;
  for (const sql of [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`]) {
    const done = spawnSync("psql", [server, "-q", "-c", sql], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(done.stderr);
  }
  return server.replace(/\/[^/]*$/, `/${name}`);
}

let failed = 0;
let passed = 0;
const databases = [["SQLite", undefined]];
const postgres = freshPostgres();
if (postgres) databases.push(["PostgreSQL", postgres]);
else if (process.env.CI) throw new Error("LINLI_TEST_PG is not set");
else console.log("skipped on PostgreSQL: LINLI_TEST_PG is not set");

for (const [database, url] of databases.filter(([name]) => !process.argv[3] || name === process.argv[3])) {
  const house = await open(url);
  for (const file of stories) {
    const story = await import(new URL(file, folder));
    for (const [width, size] of Object.entries(WIDTHS)) {
      const begun = Date.now();
      const name = `${file.replace(".mjs", "")} · ${width} · ${database}`;
      try {
        await story.default(house, size, width);
        passed++;
        console.log(`ok    ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
      } catch (error) {
        failed++;
        console.error(`FAIL  ${name}`, error);
        if (process.env.VERBOSE) console.error(house.log().slice(-3000));
      }
    }
  }
  await house.close();
}
console.log(`${passed} stories passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
