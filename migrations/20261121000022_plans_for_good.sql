-- Up Migration
-- A plan without an end was given for good: nothing that is bought or refunded changes it.
alter table users drop constraint users_plan_expires_check;
alter table users add constraint users_plan_expires_check check (plan <> 'FREE' or plan_expires_at is null);

-- Down Migration
update users set plan = 'FREE' where plan_expires_at is null;
alter table users drop constraint users_plan_expires_check;
alter table users add constraint users_plan_expires_check check ((plan = 'FREE') = (plan_expires_at is null));
