/** What is at hand, or comes: who asks thousands of times a second waits only where there is something to wait for. */
export type Soon<Value> = Value | Promise<Value>;

/** Does what follows at once where the value is at hand; what it throws is then thrown, and not a rejection. */
export const whenHere = <Value, Result>(given: Soon<Value>, then: (value: Value) => Result): Soon<Awaited<Result>> =>
  (given instanceof Promise ? given.then(then) : then(given)) as Soon<Awaited<Result>>;
