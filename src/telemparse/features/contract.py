"""The contract of features: which ones are known before a race, and which only after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from telemparse.features.names import column_names, folded
from telemparse.features.refusals import FeatureRefused, listed, warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "METADATA",
    "AnyContract",
    "FeatureAvailabilityContract",
    "contract_or_default",
    "validate_features",
]

METADATA = ("lap", "driver_id", "timestamp", "track_id", "race_id", "session_id")
_KNOWN_BEFOREHAND = ("HISTORICAL_FEATURES", "PRACTICE_FEATURES", "QUALIFYING_FEATURES")
_LISTS = (*_KNOWN_BEFOREHAND, "FORBIDDEN_FEATURES")


class FeatureAvailabilityContract:
    """Says when a feature is known, so that no model sees the race that it has to predict.

    - Historical features come from past races: available.
    - Practice and qualifying features come from sessions before the race: available.
    - Results of the race itself are in the future: forbidden.

    The lists stand on the class and are its defaults. `with_lists` makes a contract with other lists, and so
    does a class that derives from this one. All methods work on a class and on what it makes. Names are
    compared without case, blanks and the sign between words: `Race Laps-Led` is `race_laps_led`.
    """

    __slots__ = ()

    HISTORICAL_FEATURES: ClassVar[Sequence[str]] = (
        "avg_finish_position", "avg_laps_led", "win_rate", "dnf_rate", "recent_form",
    )  # fmt: skip
    PRACTICE_FEATURES: ClassVar[Sequence[str]] = (
        "practice_lap_time", "practice_speed", "practice_laps_complete",
    )  # fmt: skip
    QUALIFYING_FEATURES: ClassVar[Sequence[str]] = (
        "qualifying_position", "qualifying_speed", "qualifying_gap",
    )  # fmt: skip
    FORBIDDEN_FEATURES: ClassVar[Sequence[str]] = (
        "race_laps_led", "race_finish_position", "race_incidents", "race_dnf_lap",
    )  # fmt: skip

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__(**words)
        for name in _LISTS:
            setattr(cls, name, tuple(column_names(getattr(cls, name))[0]))
        allowed = _folded_of(cls, _KNOWN_BEFOREHAND)
        both = [name for name in cls.FORBIDDEN_FEATURES if folded(name) in allowed]
        if both:
            raise FeatureRefused("FEATURE_LISTS_CLASH", features=listed(both))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FeatureAvailabilityContract):
            return NotImplemented
        return self.get_lists() == other.get_lists()

    def __hash__(self) -> int:
        return hash(tuple(tuple(names) for names in self.get_lists().values()))

    def __repr__(self) -> str:
        return f"FeatureAvailabilityContract({self.get_lists()})"

    @classmethod
    def with_lists(
        cls,
        *,
        historical: Iterable[str] | None = None,
        practice: Iterable[str] | None = None,
        qualifying: Iterable[str] | None = None,
        forbidden: Iterable[str] | None = None,
    ) -> FeatureAvailabilityContract:
        """Return a contract with other lists.

        Args:
            historical: names that are known from past races; None keeps the list.
            practice: names that are known from practice; None keeps the list.
            qualifying: names that are known from qualifying; None keeps the list.
            forbidden: names that are known only after the race; None keeps the list.

        Raises FeatureRefused (`FEATURE_LISTS_CLASH`) when a name would be both.
        """
        given = dict(zip(_LISTS, (historical, practice, qualifying, forbidden), strict=True))
        lists = {name: column_names(names)[0] for name, names in given.items() if names is not None}
        # A class of its own, so that methods of the class are methods of the configured one.
        body = {"__slots__": (), "__doc__": cls.__doc__, **lists}
        configured: type[FeatureAvailabilityContract] = type(cls.__name__, (cls,), body)
        return configured()

    @classmethod
    def get_lists(cls) -> dict[str, list[str]]:
        """Return the names by list: `historical`, `practice`, `qualifying`, `forbidden`."""
        return {name.removesuffix("_FEATURES").lower(): list(getattr(cls, name)) for name in _LISTS}

    @classmethod
    def validate_features(cls, features: Iterable[str]) -> None:
        """Refuse forbidden features; name unknown ones in the log (`FEATURES_UNKNOWN`).

        Args:
            features: their names.

        Raises FeatureRefused (`FEATURES_FORBIDDEN`, a `ValueError`), which lists the forbidden ones.
        """
        names, _none = column_names(features)
        cls._refuse_forbidden(names)
        known = _folded_of(cls, _LISTS)
        unknown = [name for name in names if folded(name) not in known]
        if unknown:
            warn("FEATURES_UNKNOWN", features=listed(unknown))

    @classmethod
    def get_allowed_features(cls, available: Iterable[str]) -> list[str]:
        """Return those of the names that are known before the race, as they are spelt and in their order."""
        allowed = _folded_of(cls, _KNOWN_BEFOREHAND)
        return [name for name in column_names(available)[0] if folded(name) in allowed]

    @classmethod
    def validate_dataframe(cls, columns: Iterable[str] | Mapping[str, Any]) -> None:
        """Refuse a table with forbidden columns; name unknown ones in the log.

        Args:
            columns: names, or a schema: then the fields of nested structs are looked at, too. Lap, driver and
                the other columns that say what a row is about are no features, so nothing is said of them.

        Raises FeatureRefused (`FEATURES_FORBIDDEN`).
        """
        names, nested = column_names(columns)
        cls._refuse_forbidden([*names, *nested])
        about = {folded(name) for name in METADATA}
        cls.validate_features([name for name in names if folded(name) not in about])

    @classmethod
    def refuse_forbidden_columns(cls, columns: Iterable[str] | Mapping[str, Any]) -> None:
        """Do as `validate_dataframe` does, without a word on unknown columns."""
        names, nested = column_names(columns)
        cls._refuse_forbidden([*names, *nested])

    @classmethod
    def _refuse_forbidden(cls, names: Iterable[str]) -> None:
        forbidden = _folded_of(cls, ("FORBIDDEN_FEATURES",))
        found = [name for name in dict.fromkeys(names) if folded(name) in forbidden]
        if found:
            raise FeatureRefused("FEATURES_FORBIDDEN", features=listed(found))


AnyContract = FeatureAvailabilityContract | type[FeatureAvailabilityContract]


def validate_features(features: Iterable[str], feature_contract: AnyContract | None = None) -> None:
    """Refuse features that are known only after the race.

    Args:
        features: their names.
        feature_contract: whose lists count; None is the default contract.

    Raises FeatureRefused (`FEATURES_FORBIDDEN`, a `ValueError`).
    """
    contract_or_default(feature_contract).validate_features(features)


def contract_or_default(contract: AnyContract | None) -> AnyContract:
    """Return the contract, or the default one for None."""
    return FeatureAvailabilityContract if contract is None else contract


def _folded_of(contract: AnyContract, lists: Iterable[str]) -> set[str]:
    return {folded(name) for entry in lists for name in getattr(contract, entry)}
