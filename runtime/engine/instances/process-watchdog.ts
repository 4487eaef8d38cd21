/**
 * A thread beside the session of an instance that is a process: a run that hangs would not notice that whoever started the
 * process is gone.
 */
const intervalMs = 1000;
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, intervalMs);
