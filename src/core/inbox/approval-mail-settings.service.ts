import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal.js';
import type { ApprovalMailWish } from './approval-mail-wish.js';
import { ApprovalMailsRepository } from './approval-mails.repository.js';

/** About what somebody wants to be mailed. */
@Injectable()
export class ApprovalMailSettings {
  constructor(private readonly mails: ApprovalMailsRepository) {}

  async read(principal: Principal): Promise<ApprovalMailWish> {
    return this.mails.findWish(principal.userId);
  }

  async change(principal: Principal, wish: ApprovalMailWish): Promise<ApprovalMailWish> {
    await this.mails.setWish(principal.userId, wish);
    return wish;
  }
}
