// The proxy must really add what it says, or the bench measures nothing.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@playwright/test';
import { appPort, release } from '../fixtures/ports';
import { Line, Network, UdpProxy } from '../fixtures/proxy';

const HOST = '127.0.0.1';

/** The fastest of a few tries: a busy machine adds, but never takes away. */
async function fastest(once: () => Promise<number>): Promise<number> {
  const trips: number[] = [];
  for (let i = 0; i < 5; i++) trips.push(await once());
  return Math.min(...trips);
}

test('a round trip through it takes as long as it should, and the plug can be pulled', async () => {
  const [front, back] = [await appPort(), await appPort()];
  const udpServer = createSocket('udp4').bind(back, HOST);
  udpServer.on('message', (packet, from) => udpServer.send(packet, from.port, from.address));
  const tcpServer = createServer((socket) => socket.pipe(socket)).listen(back, HOST);
  const path = { listen: { host: HOST, port: front }, target: { host: HOST, port: back } };
  const network = new Network({ roundTripMs: 80 }, [path], path);
  await network.start();

  const udp = createSocket('udp4');
  const udpTrip = await fastest(async () => {
    const sent = performance.now();
    udp.send('hello', front, HOST);
    await once(udp, 'message');
    return performance.now() - sent;
  });
  const tcp = connect(front, HOST);
  const tcpTrip = await fastest(async () => {
    const sent = performance.now();
    tcp.write('hello');
    await once(tcp, 'data');
    return performance.now() - sent;
  });
  expect(udpTrip).toBeGreaterThanOrEqual(78);
  expect(udpTrip).toBeLessThan(100);
  expect(tcpTrip).toBeGreaterThanOrEqual(78);
  expect(tcpTrip).toBeLessThan(100);

  const closed = once(tcp, 'close');
  network.unplug();
  await closed;
  const refused = connect(front, HOST);
  refused.on('error', () => undefined);
  await once(refused, 'close');

  network.stop();
  udp.close();
  udpServer.close();
  tcpServer.close();
  release(front, back);
});

test('a line that loses everything delivers nothing', async () => {
  const [front, back] = [await appPort(), await appPort()];
  const server = createSocket('udp4').bind(back, HOST);
  let arrived = 0;
  server.on('message', () => arrived++);
  const lossy = new UdpProxy({ host: HOST, port: front }, { host: HOST, port: back }, new Line({ roundTripMs: 0, loss: 1 }));
  await lossy.start();
  const client = createSocket('udp4');
  for (let i = 0; i < 20; i++) client.send('lost', front, HOST);
  // What goes past the proxy arrives after what was lost would have.
  client.send('direct', back, HOST);
  await once(server, 'message');
  expect(arrived).toBe(1);
  lossy.stop();
  client.close();
  server.close();
  release(front, back);
});
