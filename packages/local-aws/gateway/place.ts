/** An account of the local AWS, by its number, and a Region of it. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Where everybody is who says nothing else. */
export const USUAL_PLACE: Place = { account: 'test', region: 'us-east-1' };

/** The header by which a call is made in a place; MiniStack takes the number of the account for the access key, and checks no signature. */
export const callIn = ({ account, region }: Place, service: string): { readonly authorization: string } => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/${service}/aws4_request`,
});
