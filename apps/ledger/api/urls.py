"""Routes of the ledger API, below /v1/ledger/."""

from django.urls import path

from . import views

app_name = "ledger"
urlpatterns = [
    path("transfers", views.TransferCollection.as_view(), name="transfers"),
    path("transfers/<str:transaction_id>", views.TransactionDetail.as_view(), name="transfer"),
    path("journals", views.JournalCollection.as_view(), name="journals"),
    path("reversals", views.ReversalCollection.as_view(), name="reversals"),
    path("batches", views.BatchCollection.as_view(), name="batches"),
    path("accounts", views.AccountCollection.as_view(), name="accounts"),
    path("accounts/<str:account_id>", views.AccountDetail.as_view(), name="account"),
    path("accounts/<str:account_id>/balance", views.AccountBalance.as_view(), name="balance"),
    path("accounts/<str:account_id>/entries", views.AccountEntries.as_view(), name="entries"),
    path(
        "accounts/<str:account_id>/statements",
        views.AccountStatement.as_view(),
        name="statements",
    ),
    path("accounts/<str:account_id>/interest", views.AccountInterest.as_view(), name="interest"),
    path("fees", views.FeeCollection.as_view(), name="fees"),
    path("accounts/<str:account_id>/limits", views.AccountLimits.as_view(), name="limits"),
    path("holds", views.HoldCollection.as_view(), name="holds"),
    path("holds/<str:hold_id>", views.HoldDetail.as_view(), name="hold"),
    path("holds/<str:hold_id>/captures", views.HoldCaptureCollection.as_view(), name="captures"),
    path("holds/<str:hold_id>/void", views.HoldVoid.as_view(), name="void"),
    path(
        "holds/<str:hold_id>/extensions",
        views.HoldExtensionCollection.as_view(),
        name="extensions",
    ),
    path("exchanges", views.ExchangeCollection.as_view(), name="exchanges"),
    path("chains", views.ChainCollection.as_view(), name="chains"),
    path("chains/<str:chain_id>", views.ChainDetail.as_view(), name="chain"),
    path("chains/<str:chain_id>/void", views.ChainVoid.as_view(), name="chain-void"),
    path(
        "chains/<str:chain_id>/captures",
        views.ChainCaptureCollection.as_view(),
        name="chain-captures",
    ),
    path(
        "chains/<str:chain_id>/reversals",
        views.ChainReversalCollection.as_view(),
        name="chain-reversals",
    ),
]
