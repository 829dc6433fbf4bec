// Starts Bluesky's own PDS (with a PLC directory of its own) on free loopback ports, in memory and a temporary folder.
//
// Prints one line, `READY http://localhost:<port>`, once it answers. Stops on SIGTERM, on SIGINT, or when its standard
// input is closed, so that it can't outlive whoever started it. Everything else it has to say goes to standard error.

import net from 'node:net'
import { once } from 'node:events'

// dev-env listens on every interface: keep it on this machine.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' || typeof args[0] === 'string') {
    const callback = args.find((arg) => typeof arg === 'function')
    return listen.call(this, { port: Number(args[0]), host: '127.0.0.1' }, callback)
  }
  if (args[0] && typeof args[0] === 'object' && 'port' in args[0]) {
    return listen.call(this, { ...args[0], host: '127.0.0.1' }, ...args.slice(1))
  }
  return listen.apply(this, args)
}

// The servers log to standard output, which belongs to the READY line alone.
const { write } = process.stdout
process.stdout.write = (...args) => process.stderr.write(...args)

const { TestPlc, TestPds } = await import('@atproto/dev-env')

async function freePort() {
  const server = net.createServer()
  server.listen({ port: 0 })
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const plc = await TestPlc.create({ port: await freePort() })
const pds = await TestPds.create({
  port: await freePort(),
  didPlcUrl: plc.url,
  hostname: 'localhost',
  inviteRequired: false,
  rateLimitsEnabled: false,
})

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  // Whatever hangs while closing must not keep the process.
  setTimeout(() => process.exit(0), 3000).unref()
  await Promise.allSettled([pds.close(), plc.close()])
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.stdin.on('end', stop)
process.stdin.on('close', stop)
process.stdin.resume()

write.call(process.stdout, `READY ${pds.url}\n`)
