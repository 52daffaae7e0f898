/** The name that a table gives to a number of the driver; undefined for a number that is not in it. */
export function nameOf<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
  number: number,
): Name | undefined {
  for (const name in numbers) {
    if (numbers[name] === number) return name;
  }
  return undefined;
}

/** The same, of a table that has every number there is. @throws Error that ends with `what` for one that it has not */
export function requireNameOf<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
  number: number,
  what: string,
): Name {
  const name = nameOf(numbers, number);
  if (name === undefined) throw new Error(`${number} is ${what}`);
  return name;
}
