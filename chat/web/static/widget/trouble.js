// Why a server can't be reached: a browser doesn't say whether there is none, or whether it lets this site
// not read what it answers. What may be sent without being read tells the one from the other.

// What to tell the reader. How to mend it is told in the console, to who owns the site.
export async function whyUnreached(base, { say }) {
  try {
    await fetch(`${base}healthz`, { mode: "no-cors", cache: "no-store" });
  } catch {
    return say("gone");
  }
  const server = new URL(base).origin;
  const { origin } = self;
  console.error(origin === "null" ? say("file", { server }) : say("owner", { server, origin }));
  return say("forbidden");
}
