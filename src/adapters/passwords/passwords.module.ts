import { Global, Module } from '@nestjs/common';
import { BreachedPasswords } from '../../core/identity/breached-passwords.port.js';
import { PasswordHasher } from '../../core/identity/password-hasher.port.js';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { ListedBreachedPasswords } from './listed-breached-passwords.js';

@Global()
@Module({
  providers: [
    { provide: PasswordHasher, useClass: Argon2PasswordHasher },
    { provide: BreachedPasswords, useClass: ListedBreachedPasswords },
  ],
  exports: [PasswordHasher, BreachedPasswords],
})
export class PasswordsModule {}
