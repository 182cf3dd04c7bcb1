-- After a restore, before the first start: whatever clients still have of what was lost must not pass for what is there now.
-- It can be run again, and does no harm to a database that lost nothing: clients read their lists once more.

-- No cursor holds: those up to the backup name changes by their number and their time; those behind it name numbers that
-- are never given again, whatever the clocks of the two machines say.
update changes set at = at + interval '1 millisecond';
insert into feeds (owner_id, last_seq) select id, 0 from users on conflict do nothing;
update feeds set last_seq = last_seq + 1000000;

-- An edit of a state that was lost is CONFLICT, and offline clients take what is here for the newer one.
update todos set version = version + 1000000;

-- Providers may have moved on since: each payment is asked about, also what had ended. Refunds are seen so too.
update payments set next_inquiry_at = now() where status <> 'REVERSED' and created_at > now() - interval '90 days';
