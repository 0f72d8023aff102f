-- How often a draft was saved, by which an agent's other tabs know what is newer than what they show.
alter table wrap_ups add column revision bigint not null default 0;
-- Whether the agent finished it. One that ended by itself still takes what was typed before, for a while.
alter table wrap_ups add column was_finished bigint not null default 0;
-- Which of those before were finished nobody knows: an outcome that was given is not to be overwritten.
update wrap_ups set was_finished = 1 where finished_at is not null;
