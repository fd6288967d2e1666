"""Guessing passwords."""

from hub.auth.throttle import MOST_FAILURES, WINDOW, SignInThrottle


def failed(throttle: SignInThrottle, times: int, *, now: int = 0) -> None:
    for _ in range(times):
        throttle.failed("operator", "192.0.2.1", now=now)


def test_a_few_failures_do_not_matter() -> None:
    throttle = SignInThrottle()
    failed(throttle, MOST_FAILURES - 1)
    assert throttle.wait_s("operator", "192.0.2.1", now=0) == 0


def test_too_many_make_wait_until_the_first_is_long_ago() -> None:
    throttle = SignInThrottle()
    failed(throttle, MOST_FAILURES)
    assert throttle.wait_s("operator", "192.0.2.1", now=0) == 300
    assert throttle.wait_s("operator", "192.0.2.1", now=WINDOW - 1) == 1
    assert throttle.wait_s("operator", "192.0.2.1", now=WINDOW) == 0


def test_others_are_not_held_up() -> None:
    throttle = SignInThrottle()
    failed(throttle, MOST_FAILURES)
    assert throttle.wait_s("operator", "192.0.2.2", now=0) == 0
    assert throttle.wait_s("engineer", "192.0.2.1", now=0) == 0


def test_success_forgets() -> None:
    throttle = SignInThrottle()
    failed(throttle, MOST_FAILURES - 1)
    throttle.succeeded("operator", "192.0.2.1")
    failed(throttle, MOST_FAILURES - 1)
    assert throttle.wait_s("operator", "192.0.2.1", now=0) == 0
