"""A new model that takes the old one's place only if it is not worse.

:mod:`pipeline.retrain.job` has the steps; ``material`` what is known and when,
``contest`` the comparison.
"""
