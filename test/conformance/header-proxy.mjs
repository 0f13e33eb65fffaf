import { Agent, createServer, request as httpRequest } from 'node:http';

/**
 * Adds headers for a client that cannot: the suites send no `Authorization`. Names of itself in `Host` and `Origin` become
 * those of what is behind; other names go through, for they are what is tested.
 */
export async function startHeaderProxy(target, added) {
  const { host, hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    const own = `127.0.0.1:${server.address().port}`;
    const named = (value) => value?.replace(own, host).replace(`localhost:${server.address().port}`, host);
    const headers = { ...request.headers, ...added, host: named(request.headers.host) };
    if (request.headers.origin) headers.origin = named(request.headers.origin);
    const { method, url: path } = request;
    const onward = httpRequest({ hostname, port, agent, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers).flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      agent.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
