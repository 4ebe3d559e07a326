/** Who the demo server is: the same on every machine and after every start. */

export const DEMO_MACHINE_IDENTIFIER = '5b00f7a1e0d3c4b29687a5d4c3b2a1908f7e6d5c'
/** Opens everything on the demo server; there is nothing on it to protect. */
export const DEMO_TOKEN = 'spool-demo-token'
export const DEMO_FRIENDLY_NAME = 'Attic'
export const DEMO_SERVER_VERSION = '1.43.4.10234-5b00f7a1e'
