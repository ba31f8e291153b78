// Runs the stories on SQLite and, where LINLI_TEST_PG names a server, on PostgreSQL, beside one another; each at phone and
// desktop width. `node run.mjs [PART OF A NAME] [DATABASE]` runs some of them.
import { spawn, spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { open, WIDTHS } from "./house.mjs";

const [only = "", database] = process.argv.slice(2);
const folder = new URL("./stories/", import.meta.url);
const stories = (await readdir(folder)).filter((f) => f.endsWith(".mjs") && f.includes(only)).sort();

/** A process of its own for each database; whether all of it went well. */
async function both() {
  const databases = ["SQLite"];
  if (process.env.LINLI_TEST_PG) databases.push("PostgreSQL");
  else if (process.env.CI) throw new Error("LINLI_TEST_PG is not set");
  else console.log("skipped on PostgreSQL: LINLI_TEST_PG is not set");
  const runs = databases.map((name) => {
    const child = spawn(process.execPath, [process.argv[1], only, name], { stdio: "inherit" });
    return new Promise((done) => child.once("exit", done));
  });
  return (await Promise.all(runs)).every((code) => code === 0);
}

function freshPostgres() {
  const server = process.env.LINLI_TEST_PG;
  if (!server) throw new Error("LINLI_TEST_PG is not set");
  const name = `e2e_${process.pid}`;
  for (const sql of [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`]) {
    const done = spawnSync("psql", [server, "-q", "-c", sql], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(done.stderr);
  }
  return server.replace(/\/[^/]*$/, `/${name}`);
}

if (!database) process.exit((await both()) ? 0 : 1);

let failed = 0;
let passed = 0;
const house = await open(database === "PostgreSQL" ? freshPostgres() : undefined);
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
console.log(`${database}: ${passed} stories passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
