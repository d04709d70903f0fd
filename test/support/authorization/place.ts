/** Where the witnesses take a stack to be deployed; its pseudo parameters become these. */
export const place = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
