export const CHECK_MESSAGES: { readonly [key: string]: string } = {};
