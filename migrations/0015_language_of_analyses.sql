-- In which language a model wrote the analysis; empty is the conversation's. Whoever takes the call over may read another.
alter table insights add column language text not null default '';
