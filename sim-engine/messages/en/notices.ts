export const NOTICE_MESSAGES: { readonly [key: string]: string } = {};
