//! Linli: one program in which a resident says once what is wrong, the right unit solves it in time, the resident
//! confirms it, and anyone can check that it happened. Each capability is a folder; `web` is what their pages build on,
//! `serve` puts their routes together, `cli` is how people start it.
#![forbid(unsafe_code)]

pub mod admin;
pub mod api;
pub mod cli;
pub mod connections;
pub mod demo;
pub mod desk;
pub mod evidence;
pub mod health;
pub mod hotline;
pub mod knowledge;
pub mod nearby;
pub mod privacy;
pub mod requests;
pub mod rules;
pub mod serve;
pub mod shell;
pub mod signin;
pub mod tour;
pub mod web;
pub mod witness;
