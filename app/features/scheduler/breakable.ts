/** A name in CamelCase with places where a line may break: a column of numbers need not be as wide as its plugin's name. */
export function breakable(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '\u200B');
}
