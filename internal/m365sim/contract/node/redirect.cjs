// Sends every connection for port 443 to the simulator, whatever the host: its certificate is for Microsoft's hosts, and the client that
// asks keeps its own idea of whom it asks.
'use strict';

const net = require('node:net');

const port = Number(process.env.SIMULATOR_PORT);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  const normal = Array.isArray(given[0]); // as net and tls call it among themselves
  const args = normal ? given[0] : given;
  if (args[0] && typeof args[0] === 'object' && Number(args[0].port) === 443) {
    const here = { ...args[0], host: '127.0.0.1', port, lookup: undefined };
    if (normal) {
      args[0] = here;
    } else {
      given[0] = here;
    }
  }
  return connect.apply(this, given);
};
