const LEAST_NODE = 24;

// Imported before all else: our packages do not even load in an older one.
const major = Number(process.versions.node.split('.', 1)[0]);
if (major < LEAST_NODE) {
  process.stderr.write(`Node ${process.versions.node} is too old. Start with "npm start".\n`);
  process.exit(1);
}
