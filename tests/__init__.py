"""Tests of Sinopia, laid out like the packages they test."""
