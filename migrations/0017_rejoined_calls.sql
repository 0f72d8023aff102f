-- From which ended call somebody came back with this one. Once: whoever asks again finds the call that there is. Empty in calls from
-- before this, which can be rejoined no more.
alter table calls add column rejoined_from text;
create unique index calls_rejoined_from on calls (rejoined_from);
