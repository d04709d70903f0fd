/** A text of one line that may stand in a policy of IAM, which takes no characters beyond Latin-1, not even in the names and tags of others. */
export const POLICY_CHARACTERS = /^[\x20-\xFF]*$/;
