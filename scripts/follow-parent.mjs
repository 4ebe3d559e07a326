// Loaded before a program that scripts/supervise.mjs starts: the program ends when its supervisor is gone, however that went.
if (process.channel) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2600).unref()
  })
  // Listening must not keep alive a program that is otherwise done.
  process.channel.unref()
}
