import { Agent, createServer, request as httpRequest } from 'node:http';

/** A hop that looks at nothing: bodies are piped, from `node:http` to `node:http`. */
const { hostname, port } = new URL(process.env.UPSTREAM);
const agent = new Agent({ keepAlive: true });

const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  const onward = httpRequest({ hostname, port, agent, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`Bare http://127.0.0.1:${server.address().port}`));
