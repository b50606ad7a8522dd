/** The object without one of its members. */
export function omit(object: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).filter(([member]) => member !== name));
}
