/** The least that each payment provider has to have. Protects nothing: of the tests alone. */
export const PROVIDER_SETTINGS = {
  STRIPE_SECRET_KEY: 'sk_test_0123456789',
  STRIPE_WEBHOOK_SECRETS: 'whsec_0123456789',
  JAZZCASH_MERCHANT_ID: 'MC00001',
  JAZZCASH_PASSWORD: 'testpass00',
  JAZZCASH_INTEGRITY_SALT: 'saltsalt00',
  EASYPAISA_STORE_ID: '28',
  EASYPAISA_HASH_KEY: '0123456789ABCDEF',
  EASYPAISA_USERNAME: 'apiuser',
  EASYPAISA_PASSWORD: 'apipass',
  EASYPAISA_ACCOUNT_NUMBER: '12345',
};
