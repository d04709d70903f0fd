/** So many of something, in words of one or of several: "1 incident is open", "2 incidents are open". */
export function howMany(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}
