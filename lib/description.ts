/** The description of a role or policy with the characters that IAM takes there; what may stand in the id of a construct is more. */
export function iamDescription(text: string): string {
  return text.replaceAll(/[^\t\n\r\x20-\x7E\xA1-\xFF]/g, '_').slice(0, 1_000);
}

/** The description of a security group with the characters that EC2 takes there; what may stand in the id of a construct is more. */
export function groupDescription(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g, '_').slice(0, 255);
}
