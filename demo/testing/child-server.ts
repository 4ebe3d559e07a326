/** A test server in a process of its own, for tests that kill it. Prints its address and token as one JSON line. */
import { startTestServer } from './test-server.ts'

const { url, token } = await startTestServer()
console.log(JSON.stringify({ url, token }))
