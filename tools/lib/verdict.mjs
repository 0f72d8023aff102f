// What a second try of a browser test may make good, and what not (docs/decisions/0008). The tests' messages have these words.

/** Somebody's privacy was broken. What was overheard once is not unheard at the next try. */
export const LEAK = "heard what they must not";
/** A silence of more than a second. */
export const HOLE = "heard nothing for";
/** A machine that stands still makes one hole or two in a run, in whatever test is on; something that broke makes more. */
export const MOST_HOLES = 3;

/**
 * Of the tests that passed at another try only, those that fail all of it nevertheless.
 * @param {readonly string[]} flaky their names
 * @param {(name: string) => string} why what the tries before said
 */
export function unforgiven(flaky, why) {
  const leaks = flaky.filter((name) => why(name).includes(LEAK));
  const holes = flaky.filter((name) => !leaks.includes(name) && why(name).includes(HOLE));
  return holes.length > MOST_HOLES ? [...leaks, ...holes] : leaks;
}
