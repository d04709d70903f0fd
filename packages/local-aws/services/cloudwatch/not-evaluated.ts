/** Says by name what this evaluator cannot compute. Such an alarm is reported as not evaluated; it never quietly becomes OK. */
export class NotEvaluated extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotEvaluated';
  }
}
