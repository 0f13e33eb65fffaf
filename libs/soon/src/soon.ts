/** What is at hand, or comes: who asks thousands of times a second waits only where there is something to wait for. */
export type Soon<Value> = Value | Promise<Value>;

/** Does what follows at once where the value is at hand; what it throws is then thrown, and not a rejection. */
export const whenHere = <Value, Result>(given: Soon<Value>, then: (value: Value) => Result): Soon<Awaited<Result>> =>
  (given instanceof Promise ? given.then(then) : then(given)) as Soon<Awaited<Result>>;

/** As `whenHere`, for several: at once only where all of them are at hand. */
export function whenAllHere<Value, Result>(
  given: readonly Soon<Value>[],
  then: (values: Value[]) => Result,
): Soon<Awaited<Result>> {
  const here: Value[] = [];
  for (const one of given) if (!(one instanceof Promise)) here.push(one);
  const all = here.length === given.length ? here : Promise.all(given.map(async (one) => one));
  return whenHere(all, then);
}

/** For those who need a promise in any case: what the work throws at once is a rejection, too. */
export function promised<Result>(work: () => Soon<Result>): Promise<Result> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Does something once the work has ended, whichever way; cheaper than `finally`, and it must not throw. */
export const afterwards = <Result>(work: Promise<Result>, end: () => void): Promise<Result> =>
  work.then(
    (result) => {
      end();
      return result;
    },
    (error: unknown) => {
      end();
      throw error;
    },
  );
