/** The same function, which works out each answer once and keeps it, also a promise. For few keys: nothing is ever forgotten. */
export function cached<Answer, Key = void>(workOut: (key: Key) => Answer): (key: Key) => Answer {
  const answers = new Map<Key, Answer>();
  return (key) => {
    const answer = answers.has(key) ? (answers.get(key) as Answer) : workOut(key);
    answers.set(key, answer);
    return answer;
  };
}
