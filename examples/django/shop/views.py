"""The page to sign up."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shop.jobs import enqueue
from shop.mails import welcome


@csrf_exempt
@require_POST
def sign_up(request: HttpRequest) -> HttpResponse:
    """Welcome a customer, by the worker when there is one."""
    address = request.POST["email"]
    if not enqueue(address):
        welcome(address)
    return HttpResponse("Look into your mail.")
