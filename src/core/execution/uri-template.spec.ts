import { expandUriTemplate } from './uri-template.js';

const VARIABLES = { var: 'value', hello: 'Hello World!', path: '/foo/bar', empty: '', x: 1024, list: ['red', 'blue'] };

test.each([
  // RFC 6570, sections 1.2 and 3.2.
  ['{var}', 'value'],
  ['{hello}', 'Hello%20World%21'],
  ['{+path}/here', '/foo/bar/here'],
  ['{+hello}', 'Hello%20World!'],
  ['here?ref={+path}', 'here?ref=/foo/bar'],
  ['X{#var}', 'X#value'],
  ['{x,hello}', '1024,Hello%20World%21'],
  ['X{.var,x}', 'X.value.1024'],
  ['{/var,x}/here', '/value/1024/here'],
  ['{;x,var,empty}', ';x=1024;var=value;empty'],
  ['{?x,var,empty}', '?x=1024&var=value&empty='],
  ['?fixed=yes{&x}', '?fixed=yes&x=1024'],
  ['{var:3}', 'val'],
  ['{list}', 'red,blue'],
  ['{?list*}', '?list=red&list=blue'],
  ['{?undef}', ''],
  ['file:///{path}', 'file:///%2Ffoo%2Fbar'],
])('%s is %s', (template, expanded) => {
  expect(expandUriTemplate(template, VARIABLES)).toBe(expanded);
});

test('what a path needs has to be given, and nothing that every object inherits is', () => {
  expect(() => expandUriTemplate('a://{id}/{toString}', { other: 1 })).toThrow('id, toString');
});
