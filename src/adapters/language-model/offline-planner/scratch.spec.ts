import { demoTools, everythingTools, officeTools } from '../../../../test/fixtures/model-tools.js';
import { replyTo } from './reply.js';
test('x', async () => {
  const demo = await demoTools();
  const run = (tools: any[], text: string) => {
    const r = replyTo({ history: [{ role: 'user', text }], tools, wordsOnly: false, limits: { maxNodes: 20, maxOutputTokens: 1 }, now: new Date() });
    return `> ${text}\n` + (r.nodes.length ? r.nodes.map((n) => `    ${n.key}(${JSON.stringify(n.arguments).slice(0, 150)}) <- ${n.dependsOn}`).join('\n') : '    ' + r.text.split('\n')[0]);
  };
  const D = ['I want to know how many people signed up last week', 'give me a report', 'Generate the weekly report and email it to bob@example.com', 'Make a report of this week\'s signups and create a note "done"', 'show me signups from Germany', 'which plan is most popular?', 'what are the visits per source', 'traffic report', 'How is traffic this month?', 'make a sound', 'draw a picture of a cat', 'delete the last note', 'remove note number 2', 'write a note: buy bread', 'add a note that says "hello world"', 'remind me to call mum', 'send email to bob@example.com', 'greet me', 'what is 2+2', 'search the web for cats', 'can you book a flight to Paris?', 'create a user', 'delete user 5', 'count', 'slow', 'wait 3 seconds', 'echo', 'echo "quoted text"', 'echo 5', 'say hello world', 'repeat after me: I am here', 'make a report titled "Week 47"', 'report', 'Analyze traffic', 'analyze this week', 'compare signups with last week', 'show effects with tag=abc', 'count effects tag "abc"', 'run fail_always', 'use slow_count for 10 seconds', 'call echo with message "hi"', 'show big result of 100 kib', 'list everything', 'list', 'yes', 'approve all', 'thank you', 'How do I add a server?', 'Write me a poem about signups'];
  const E = ['print env', 'show me environment variables', 'sum 1 2', 'add 1', 'what is the weather in Chicago', 'structured content Los Angeles', 'image', 'list roots', 'get links', 'zip a file', 'long operation', 'ask the llm "what is love"', 'simulate research on solar power', 'echo back hi there', 'subscribe to updates', 'get annotated message'];
  const O = ['weather tomorrow', 'weather in San Francisco for 3 days', 'orders for customer 42', 'invoice customer C-7 for 99 USD', 'delete customer C-7', 'find customer bob@example.com', 'send a message to channel "general" subject "Hi" body "Hello all"', 'send_message channel=general subject=Hi body="Hello all"', 'show returned orders of bob@example.com limit 3', 'is it raining in Oslo?', 'delete the customer bob@example.com'];
  console.log(D.map((t) => run(demo, t)).join('\n'));
  console.log(E.map((t) => run(everythingTools(), t)).join('\n'));
  console.log(O.map((t) => run(officeTools(), t)).join('\n'));
});
